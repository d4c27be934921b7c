SELECT 100.00 * SUM(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
  / SUM(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem, part
WHERE l_partkey = p_partkey
  AND l_shipdate >= TO_DATE('09/01/1995', 'MM/DD/YYYY')
  AND l_shipdate < DATEADD(month, 1, TO_DATE('09/01/1995', 'MM/DD/YYYY'))
