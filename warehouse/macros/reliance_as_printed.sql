-- A published net import reliance as USGS prints it: a figure, a bound with its sign, NA or net exporter.
-- Example: select reliance_as_printed('>', null, 50, null);
create macro main.reliance_as_printed(qualifier, pct, low_pct, high_pct) as case
    when qualifier = 'E' then 'net exporter'
    when qualifier = '>' then printf('>%.0f %%', low_pct::double)
    when qualifier = '<' then printf('<%.0f %%', high_pct::double)
    when qualifier = 'NA' then 'NA'
    when pct is not null then printf('%.0f %%', pct::double)
end;

comment on macro main.reliance_as_printed is
'A published net import reliance as USGS prints it. Example: select reliance_as_printed(''>'', null, 50, null)';
