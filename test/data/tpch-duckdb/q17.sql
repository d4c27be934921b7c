WITH m AS (SELECT l_partkey AS k, sum(l_quantity)::DOUBLE / count(*) AS a FROM lineitem GROUP BY 1)
SELECT sum(l_extendedprice)::DOUBLE / 7 FROM lineitem, part, m
WHERE l_partkey = p_partkey AND k = p_partkey AND p_brand = 'Brand#23' AND p_container = 'MED BOX' AND l_quantity::DOUBLE < a / 5
