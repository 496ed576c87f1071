-- The foreign key to a style had partial indexes only: looking whether anything was made in a style read the whole table.
CREATE INDEX generations_style_id_idx ON generations (style_id);
