SELECT note AS node, person AS owner, inst AS cell, body AS body FROM note WHERE day BETWEEN :first AND :last AND person IS NOT NULL
