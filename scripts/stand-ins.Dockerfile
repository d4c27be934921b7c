# Stand-ins for what deploy/compose runs beside Floe, of Debian's packages and Caddy's program, for `npm run compose:check` where no registry of
# images is reached.
# Each has the user, the folders and the entry point's duties of the image that it stands in for.
ARG BASE
FROM ${BASE} AS debian
RUN groupadd --gid 999 service && useradd --uid 999 --gid 999 --no-create-home service \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    postgresql redis-server prometheus prometheus-alertmanager wget

FROM debian AS postgres
RUN ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ \
 && rm -rf /var/lib/postgresql && install -d -o 999 -g 999 /var/lib/postgresql/data
ENV PGDATA=/var/lib/postgresql/data
ENTRYPOINT ["sh", "-c", "\
  [ -s $PGDATA/PG_VERSION ] || { \
    echo $POSTGRES_PASSWORD >/tmp/password \
    && initdb -U $POSTGRES_USER --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 \
    && echo host all all all scram-sha-256 >>$PGDATA/pg_hba.conf \
    && pg_ctl -w -o '-c listen_addresses= -k /run/postgresql' start \
    && createdb -U $POSTGRES_USER $POSTGRES_DB && pg_ctl -w stop; }; \
  exec postgres -c 'listen_addresses=*' -k /run/postgresql"]

FROM debian AS redis
ENTRYPOINT []

FROM debian AS caddy
COPY caddy /usr/bin/caddy
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]

FROM debian AS prometheus
RUN install -d -o 65534 -g 65534 /prometheus
USER 65534
ENTRYPOINT ["prometheus"]

FROM debian AS alertmanager
RUN install -d -o 65534 -g 65534 /alertmanager
USER 65534
ENTRYPOINT ["prometheus-alertmanager"]
