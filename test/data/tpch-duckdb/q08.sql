WITH v AS (
  SELECT year(o_orderdate) AS y, (l_extendedprice * (1.00 - l_discount))::DOUBLE AS volume, sn.n_name AS seller
  FROM lineitem JOIN part ON p_partkey = l_partkey JOIN orders ON o_orderkey = l_orderkey JOIN customer ON c_custkey = o_custkey
  JOIN supplier ON s_suppkey = l_suppkey JOIN nation sn ON sn.n_nationkey = s_nationkey
  WHERE p_type = 'ECONOMY ANODIZED STEEL' AND year(o_orderdate) IN (1995, 1996)
    AND c_nationkey IN (SELECT n_nationkey FROM nation, region WHERE n_regionkey = r_regionkey AND r_name = 'AMERICA')
)
SELECT y, coalesce(sum(volume) FILTER (WHERE seller = 'BRAZIL'), 0) / sum(volume) FROM v GROUP BY y ORDER BY y
