package dev.siltstone.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Listing directories page by page gives the same as sorting all keys.
class DirectoryListingTest {
    private static final Path ROOT = Path.of("/store");

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void listsWhatIsThere(int seed) throws IOException {
        Random random = new Random(seed);
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(ROOT);
        TreeSet<String> keys = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            String key = randomKey(random);
            boolean inTheWay =
                    keys.stream()
                            .anyMatch(other ->
                                    other.startsWith(key + "/") || key.startsWith(other + "/"));
            if (!inTheWay) {
                keys.add(key);
                disk.put(ROOT.resolve(key), "x".getBytes(US_ASCII));
            }
        }
        DirectoryListing listing = new DirectoryListing(disk, ROOT, 1 + random.nextInt(7));

        for (int i = 0; i < 40; i++) {
            String prefix = cut(randomKey(random), random);
            String after = random.nextInt(3) == 0 ? null : cut(randomKey(random), random);
            List<String> expected =
                    keys.stream()
                            .filter(key -> key.startsWith(prefix))
                            .filter(key -> after == null || key.compareTo(after) > 0)
                            .toList();
            assertThat(all(listing, prefix, after))
                    .as("seed %d, prefix \"%s\" after \"%s\"", seed, prefix, after)
                    .isEqualTo(expected);
        }
    }

    private static List<String> all(DirectoryListing listing, String prefix, String after)
            throws IOException {
        List<String> found = new ArrayList<>();
        String from = after;
        do {
            ObjectPage page = listing.page(prefix, from);
            page.objects().forEach(object -> found.add(object.key().value()));
            from = page.next();
        } while (from != null);
        return found;
    }

    private static String randomKey(Random random) {
        StringBuilder key = new StringBuilder();
        int segments = 1 + random.nextInt(4);
        for (int i = 0; i < segments; i++) {
            key.append(i == 0 ? "" : "/");
            int length = 1 + random.nextInt(2);
            for (int j = 0; j < length; j++) {
                key.append("a-b0".charAt(random.nextInt(4)));
            }
        }
        return key.toString();
    }

    private static String cut(String key, Random random) {
        return key.substring(0, random.nextInt(key.length() + 1));
    }
}
