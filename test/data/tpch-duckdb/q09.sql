SELECT n_name, year(o_orderdate) AS y, sum(l_extendedprice - l_extendedprice * l_discount) - sum(ps_supplycost * l_quantity)
FROM lineitem JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey JOIN orders ON o_orderkey = l_orderkey
JOIN supplier ON s_suppkey = l_suppkey JOIN nation ON n_nationkey = s_nationkey
WHERE l_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE '%green%')
GROUP BY 1, 2 ORDER BY 1, 2 DESC
