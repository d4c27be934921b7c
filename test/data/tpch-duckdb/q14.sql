SELECT 100 * coalesce(sum((l_extendedprice * (1.00 - l_discount))::DOUBLE) FILTER (WHERE starts_with(p_type, 'PROMO')), 0) / sum((l_extendedprice * (1.00 - l_discount))::DOUBLE)
FROM lineitem JOIN part ON p_partkey = l_partkey WHERE l_shipdate BETWEEN DATE '1995-09-01' AND DATE '1995-09-30'
