SELECT c_custkey, c_name, SUM(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name, c_address, c_phone, c_comment
FROM customer, orders, lineitem, nation
WHERE c_custkey = o_custkey
  AND l_orderkey = o_orderkey
  AND o_orderdate >= '1993-10-01'
  AND o_orderdate < ADD_MONTHS('1993-10-01'::DATE, 3)
  AND l_returnflag = 'R'
  AND c_nationkey = n_nationkey
GROUP BY ALL
ORDER BY revenue DESC, c_custkey
LIMIT 20
