SELECT sn.n_name, cn.n_name, year(l_shipdate) AS y, sum(l_extendedprice - l_extendedprice * l_discount)
FROM lineitem JOIN orders ON o_orderkey = l_orderkey
JOIN (customer JOIN nation cn ON cn.n_nationkey = c_nationkey) ON c_custkey = o_custkey
JOIN (supplier JOIN nation sn ON sn.n_nationkey = s_nationkey) ON s_suppkey = l_suppkey
WHERE year(l_shipdate) IN (1995, 1996) AND sn.n_name <> cn.n_name AND sn.n_name IN ('FRANCE', 'GERMANY') AND cn.n_name IN ('FRANCE', 'GERMANY')
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
