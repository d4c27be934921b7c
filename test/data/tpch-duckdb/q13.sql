SELECT n, count(*) AS d FROM (
  SELECT c_custkey, (SELECT count(*) FROM orders WHERE o_custkey = c_custkey AND NOT regexp_matches(o_comment, 'special.*requests')) AS n FROM customer
) GROUP BY n ORDER BY d DESC, n DESC
