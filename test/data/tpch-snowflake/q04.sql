SELECT o_orderpriority, COUNT(*) AS order_count
FROM orders
WHERE o_orderdate >= TO_DATE('1993-07-01')
  AND o_orderdate < DATEADD('month', 3, TO_DATE('1993-07-01'))
  AND EXISTS (SELECT 1 FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority
ORDER BY o_orderpriority
