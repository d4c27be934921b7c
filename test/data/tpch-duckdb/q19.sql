WITH wanted(brand, size_word, low, biggest, kinds) AS (VALUES
  ('Brand#12', 'SM', 1, 5, ['CASE', 'BOX', 'PACK', 'PKG']),
  ('Brand#23', 'MED', 10, 10, ['BAG', 'BOX', 'PKG', 'PACK']),
  ('Brand#34', 'LG', 20, 15, ['CASE', 'BOX', 'PACK', 'PKG']))
SELECT sum(l_extendedprice - l_extendedprice * l_discount) FROM lineitem, part, wanted
WHERE l_partkey = p_partkey AND p_brand = brand AND split_part(p_container, ' ', 1) = size_word AND list_contains(kinds, split_part(p_container, ' ', 2))
  AND l_quantity >= low AND l_quantity <= low + 10 AND p_size >= 1 AND p_size <= biggest
  AND (l_shipmode = 'AIR' OR l_shipmode = 'AIR REG') AND l_shipinstruct = 'DELIVER IN PERSON'
