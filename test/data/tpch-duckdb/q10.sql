SELECT c_custkey, c_name, r, c_acctbal, n_name, c_address, c_phone, c_comment
FROM (SELECT o_custkey, sum(l_extendedprice - l_extendedprice * l_discount) AS r FROM orders JOIN lineitem ON l_orderkey = o_orderkey
  WHERE l_returnflag = 'R' AND o_orderdate BETWEEN DATE '1993-10-01' AND DATE '1993-12-31' GROUP BY 1)
JOIN customer ON c_custkey = o_custkey JOIN nation ON n_nationkey = c_nationkey ORDER BY r DESC, c_custkey LIMIT 20
