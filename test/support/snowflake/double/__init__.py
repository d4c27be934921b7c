"""A Snowflake account on loopback: fakesnow's engine behind the JSON wire format that Snowflake's Node driver speaks."""
