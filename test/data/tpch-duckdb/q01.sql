SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice),
  sum(l_extendedprice - l_extendedprice * l_discount),
  sum((l_extendedprice - l_extendedprice * l_discount) * (1.00 + l_tax)),
  sum(l_quantity)::DOUBLE / count(l_quantity), sum(l_extendedprice)::DOUBLE / count(*), sum(l_discount)::DOUBLE / count(*), count(*)
FROM lineitem WHERE l_shipdate < DATE '1998-09-03' GROUP BY ALL ORDER BY 1, 2
