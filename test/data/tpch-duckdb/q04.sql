SELECT o_orderpriority, count(DISTINCT o_orderkey)
FROM orders JOIN lineitem ON l_orderkey = o_orderkey
WHERE o_orderdate BETWEEN DATE '1993-07-01' AND DATE '1993-09-30' AND l_receiptdate > l_commitdate
GROUP BY 1 ORDER BY 1
