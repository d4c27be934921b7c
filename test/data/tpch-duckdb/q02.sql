WITH offers AS (
  SELECT ps_partkey, ps_supplycost, s_acctbal, s_name, n_name, s_address, s_phone, s_comment,
    min(ps_supplycost) OVER (PARTITION BY ps_partkey) AS cheapest
  FROM partsupp, supplier, nation, region
  WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE'
)
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM part JOIN offers ON ps_partkey = p_partkey
WHERE ps_supplycost = cheapest AND p_size = 15 AND suffix(p_type, 'BRASS')
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey LIMIT 100
