WITH r AS (SELECT l_suppkey, sum(l_extendedprice - l_extendedprice * l_discount) AS t FROM lineitem
  WHERE l_shipdate BETWEEN DATE '1996-01-01' AND DATE '1996-03-31' GROUP BY 1)
SELECT s_suppkey, s_name, s_address, s_phone, t FROM supplier, r WHERE s_suppkey = l_suppkey AND t = (SELECT max(t) FROM r) ORDER BY 1
