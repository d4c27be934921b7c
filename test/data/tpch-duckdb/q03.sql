SELECT o_orderkey, r, o_orderdate, o_shippriority FROM orders
JOIN (SELECT l_orderkey, sum(l_extendedprice - l_extendedprice * l_discount) AS r FROM lineitem WHERE l_shipdate > DATE '1995-03-15' GROUP BY 1) ON l_orderkey = o_orderkey
WHERE o_orderdate < DATE '1995-03-15' AND o_custkey IN (SELECT c_custkey FROM customer WHERE c_mktsegment = 'BUILDING')
ORDER BY r DESC, o_orderdate LIMIT 10
