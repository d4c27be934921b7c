# Floe as an image: the built server, its native packages and nothing to build or to look around with.
# Both bases are pinned by tag here and by digest in a release: docs/operate.md says how.
ARG BUILD_BASE=docker.io/library/node:24-bookworm-slim
ARG RUN_BASE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM --platform=${BUILDPLATFORM} ${BUILD_BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm,sharing=locked npm ci --loglevel=error
COPY . .
RUN node scripts/build.mjs
# With the native packages of the processor that the image is for.
ARG TARGETARCH
RUN --mount=type=cache,target=/root/.npm,sharing=locked node scripts/image-tree.mjs /image/app ${TARGETARCH}
RUN mkdir /image/data

FROM ${RUN_BASE} AS floe
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Floe" \
      org.opencontainers.image.description="Answers questions asked in plain words from a Snowflake warehouse, on a path that can only read." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 CONTAINER_NETWORK=true MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072
WORKDIR /app
COPY --from=build --chown=0:0 /image/app ./
COPY --from=build --chown=65532:65532 /image/data /data
USER 65532:65532
VOLUME ["/data"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT||3000}/healthz`).then((a)=>process.exit(a.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "dist/main.js"]
CMD ["serve"]
