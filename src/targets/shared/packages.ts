/** A program for any Python that prints what is installed: versions by the names of packages. Needs no pip and no conda. */
export const LIST_PACKAGES = `
import glob, json, os, platform, sys
from importlib.metadata import distributions
found = {}
for file in glob.glob(os.path.join(sys.prefix, 'conda-meta', '*.json')):
    with open(file, encoding='utf-8') as text:
        package = json.load(text)
    found[package['name']] = package['version']
for one in distributions():
    if one.metadata['Name']:
        found[one.metadata['Name']] = one.version
print(json.dumps({'python': platform.python_version(), **dict(sorted(found.items(), key=lambda one: one[0].lower()))}))
`;
