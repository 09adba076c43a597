-- From whom the United States, Canada, Mexico and the three as one import a mineral, by stage, in the newest year in BACI:
-- China's share by value, directly and, by estimate, with goods through partners, and the shares of the three in each other's
-- imports.
-- Example: from compare_three('graphite_natural');
create macro main.compare_three(of_mineral) as table
from compare_three_each([mineral_called(of_mineral)]);

comment on macro table main.compare_three is
'Imports of the three by origin, side by side and by stage. Example: from compare_three(''graphite_natural'')';
