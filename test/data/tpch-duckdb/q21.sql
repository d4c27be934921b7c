WITH o AS (
  SELECT l_orderkey AS k, count(DISTINCT l_suppkey) AS all_of_them, count(DISTINCT l_suppkey) FILTER (WHERE l_receiptdate > l_commitdate) AS late FROM lineitem GROUP BY 1
)
SELECT s_name, count(*) AS n FROM lineitem JOIN o ON k = l_orderkey JOIN orders ON o_orderkey = k JOIN supplier ON s_suppkey = l_suppkey JOIN nation ON n_nationkey = s_nationkey
WHERE l_receiptdate > l_commitdate AND late = 1 AND all_of_them > 1 AND o_orderstatus = 'F' AND n_name = 'SAUDI ARABIA'
GROUP BY 1 ORDER BY n DESC, 1 LIMIT 100
