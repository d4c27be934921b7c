SELECT l_shipmode,
  COUNT_IF(o_orderpriority IN ('1-URGENT', '2-HIGH')) AS high_line_count,
  SUM(DECODE(o_orderpriority, '1-URGENT', 0, '2-HIGH', 0, 1)) AS low_line_count
FROM orders
JOIN lineitem ON o_orderkey = l_orderkey
WHERE l_shipmode IN ('MAIL', 'SHIP')
  AND l_commitdate < l_receiptdate
  AND l_shipdate < l_commitdate
  AND l_receiptdate >= '1994-01-01'
  AND l_receiptdate < DATEADD(year, 1, '1994-01-01'::DATE)
GROUP BY l_shipmode
ORDER BY l_shipmode
