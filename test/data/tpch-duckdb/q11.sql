WITH stock AS (
  SELECT ps_partkey AS k, sum(ps_supplycost * ps_availqty) AS v FROM partsupp
  WHERE ps_suppkey IN (SELECT s_suppkey FROM supplier, nation WHERE s_nationkey = n_nationkey AND n_name = 'GERMANY') GROUP BY 1
)
SELECT k, v FROM stock WHERE v::DOUBLE > (SELECT sum(v)::DOUBLE / 10000 FROM stock) ORDER BY v DESC, k
