-- Nodes follow what is declared and reviewed while a campaign runs, in the order of these times.

CREATE INDEX declaration_by_change ON declaration (coalesce(reviewed_ms, declared_ms), declaration_id);
