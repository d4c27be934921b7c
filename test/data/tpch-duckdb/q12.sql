SELECT l_shipmode, count(*) FILTER (WHERE o_orderpriority < '3'), count(*) FILTER (WHERE o_orderpriority >= '3')
FROM lineitem JOIN orders ON o_orderkey = l_orderkey
WHERE l_shipmode IN ('SHIP', 'MAIL') AND l_shipdate < l_commitdate AND l_commitdate < l_receiptdate AND year(l_receiptdate) = 1994
GROUP BY 1 ORDER BY 1
