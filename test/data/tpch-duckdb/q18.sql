WITH big AS (SELECT l_orderkey AS k, sum(l_quantity) AS q FROM lineitem GROUP BY 1 HAVING q > 300)
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, q FROM big, orders, customer
WHERE k = o_orderkey AND c_custkey = o_custkey ORDER BY o_totalprice DESC, o_orderdate LIMIT 100
