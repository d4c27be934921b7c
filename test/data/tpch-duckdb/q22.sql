WITH c AS (SELECT *, split_part(c_phone, '-', 1) AS code FROM customer WHERE split_part(c_phone, '-', 1) IN ('13', '17', '18', '23', '29', '30', '31'))
SELECT code, count(*), sum(c_acctbal) FROM c
WHERE c_acctbal::DOUBLE > (SELECT sum(c_acctbal)::DOUBLE / count(*) FROM c WHERE c_acctbal > 0) AND c_custkey NOT IN (SELECT o_custkey FROM orders)
GROUP BY 1 ORDER BY 1
