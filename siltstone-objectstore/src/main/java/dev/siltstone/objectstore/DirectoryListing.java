package dev.siltstone.objectstore;

import dev.siltstone.io.Disk;
import dev.siltstone.io.PathFacts;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists files below a directory in the order of their keys, a page at a time, and enters only directories that
/// can hold what is asked for.
///
/// Thread-safe.
final class DirectoryListing {
    /// Large, because each page reads its directories anew.
    private static final int PAGE_OBJECTS = 16_384;

    private final Disk disk;
    private final Path root;
    private final int pageObjects;

    DirectoryListing(Disk disk, Path root) {
        this(disk, root, PAGE_OBJECTS);
    }

    DirectoryListing(Disk disk, Path root, int pageObjects) {
        this.disk = disk;
        this.root = root;
        this.pageObjects = pageObjects;
    }

    ObjectPage page(String prefix, @Nullable String after) throws IOException {
        int slash = prefix.lastIndexOf('/');
        String start = slash < 0 ? "" : prefix.substring(0, slash);
        if (!start.isEmpty() && !ObjectKey.isValid(start)) {
            return new ObjectPage(List.of(), null); // no key begins like this
        }
        Walk walk = new Walk(prefix, after == null ? "" : after);
        Path directory = root.resolve(start);
        if (disk.exists(directory) && disk.facts(directory).isDirectory()) {
            walk.enter(directory, start.isEmpty() ? "" : start + "/");
        }
        return walk.page();
    }

    /// @param key of a file, or of a directory and then with a slash at its end: so they sort like keys
    private record Entry(Path path, String key, PathFacts facts) {}

    private final class Walk {
        private final String prefix;
        private final String after;
        private final List<ListedObject> found = new ArrayList<>();

        Walk(String prefix, String after) {
            this.prefix = prefix;
            this.after = after;
        }

        boolean isFull() {
            return found.size() > pageObjects;
        }

        void enter(Path directory, String parentKey) throws IOException {
            for (Entry entry : entries(directory, parentKey)) {
                if (isFull()) {
                    return;
                }
                if (entry.facts.isDirectory()) {
                    enter(entry.path, entry.key);
                } else {
                    found.add(
                            new ListedObject(
                                    ObjectKey.of(entry.key),
                                    entry.facts.bytes(),
                                    entry.facts.modified()));
                }
            }
        }

        private List<Entry> entries(Path directory, String parentKey) throws IOException {
            List<Entry> entries = new ArrayList<>();
            List<Path> paths;
            try {
                paths = disk.list(directory);
            } catch (NoSuchFileException e) {
                return entries;
            }
            for (Path path : paths) {
                String name = path.getFileName().toString();
                String key = parentKey + name;
                if (!DirectoryStaging.isReserved(name) && ObjectKey.isValid(key)) {
                    add(entries, path, key);
                }
            }
            entries.sort((one, other) -> ObjectKey.compare(one.key, other.key));
            return entries;
        }

        private void add(List<Entry> entries, Path path, String key) throws IOException {
            if (!mayMatch(key)) {
                return;
            }
            PathFacts facts;
            try {
                facts = disk.facts(path);
            } catch (NoSuchFileException e) {
                return; // deleted at this moment, or a link to nothing
            }
            if (facts.isDirectory() && mayHold(key + "/")) {
                entries.add(new Entry(path, key + "/", facts));
            } else if (facts.isFile()
                    && key.startsWith(prefix)
                    && ObjectKey.compare(key, after) > 0) {
                entries.add(new Entry(path, key, facts));
            }
        }

        /// Whether this or something below it may begin with the prefix; spares a look at the disk.
        private boolean mayMatch(String key) {
            return key.startsWith(prefix) || prefix.startsWith(key);
        }

        private boolean mayHold(String folder) {
            boolean isBefore = ObjectKey.compare(folder, after) < 0 && !after.startsWith(folder);
            return !isBefore && (folder.startsWith(prefix) || prefix.startsWith(folder));
        }

        ObjectPage page() {
            if (!isFull()) {
                return new ObjectPage(found, null);
            }
            List<ListedObject> page = found.subList(0, pageObjects);
            return new ObjectPage(page, page.getLast().key().value());
        }
    }
}
