WITH shipped AS (SELECT l_partkey, l_suppkey, sum(l_quantity) AS q FROM lineitem WHERE year(l_shipdate) = 1994 GROUP BY 1, 2)
SELECT s_name, s_address FROM supplier WHERE s_nationkey = (SELECT n_nationkey FROM nation WHERE n_name = 'CANADA') AND s_suppkey IN (
  SELECT ps_suppkey FROM partsupp JOIN shipped ON l_partkey = ps_partkey AND l_suppkey = ps_suppkey JOIN part ON p_partkey = ps_partkey
  WHERE starts_with(p_name, 'forest') AND 2 * ps_availqty > q) ORDER BY s_name
