SELECT p_brand, p_type, p_size, count(*) AS n FROM (
  SELECT DISTINCT p_brand, p_type, p_size, ps_suppkey FROM part JOIN partsupp ON ps_partkey = p_partkey
  WHERE p_brand != 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (3, 9, 14, 19, 23, 36, 45, 49)
    AND NOT EXISTS (SELECT 1 FROM supplier WHERE s_suppkey = ps_suppkey AND regexp_matches(s_comment, 'Customer.*Complaints'))
) GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3
