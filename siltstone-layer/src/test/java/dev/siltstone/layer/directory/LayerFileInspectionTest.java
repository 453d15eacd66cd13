package dev.siltstone.layer.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.RealDisk;
import dev.siltstone.layer.LayerFact;
import dev.siltstone.layer.LayerStore;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.objectstore.DirectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class LayerFileInspectionTest {
    private final RealDisk disk = new RealDisk();

    @TempDir private Path directory;

    @BeforeEach
    void push() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        byte[] bytes = new byte[3 << 20];
        new SplittableRandom(5).nextBytes(bytes);
        Files.write(tree.resolve("large"), bytes);
        Files.writeString(tree.resolve("small"), "small");
        Files.createLink(tree.resolve("second"), tree.resolve("small"));
        try (DirectoryStore store =
                DirectoryStore.open(
                        disk,
                        directory.resolve("store"),
                        InstantSource.system(),
                        new SplittableRandom(1))) {
            LayerStore layers =
                    new LayerStore(store, InstantSource.system(), new SplittableRandom(2));
            new TreePush(layers, "store", disk, directory.resolve("memory"), InstantSource.system())
                    .push(
                            tree,
                            "home",
                            WalkSettings.DEFAULT,
                            PushSettings.defaults(),
                            new PushProgress(),
                            warning -> {});
        }
    }

    private Path file(String below, String end) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(below))) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private List<LayerFact> inspect(Path file) throws IOException {
        assertThat(LayerFileInspection.isLayerFile(disk, file)).isTrue();
        List<LayerFact> facts = new ArrayList<>();
        LayerFileInspection.inspect(disk, file, facts::add);
        return facts;
    }

    private static List<String> kinds(List<LayerFact> facts) {
        return facts.stream().map(LayerFact::kind).distinct().toList();
    }

    @Test
    void tellsOfAPackItsFramesAndPages() throws IOException {
        List<LayerFact> facts = inspect(file("store/packs", ""));

        assertThat(kinds(facts)).containsExactly("pack", "frame", "page", "placement");
        assertThat(facts.getFirst().facts()).containsEntry("frames", facts.size() - 1);
        LayerFact page =
                facts.stream().filter(fact -> fact.kind().equals("page")).findFirst().orElseThrow();
        assertThat(page.facts())
                .containsEntry("entries", 4)
                .containsEntry("first", "./")
                .containsEntry("last", "small");
    }

    @Test
    void knowsAPackAndARecordWhereverTheyLie() throws IOException {
        Path pack = directory.resolve("a");
        Path record = directory.resolve("b");
        Files.copy(file("store/packs", ""), pack);
        Files.copy(file("store/log", "1"), record);

        assertThat(inspect(pack)).noneMatch(LayerFact::isDamage);
        assertThat(inspect(record)).noneMatch(LayerFact::isDamage);
    }

    @Test
    void tellsOfARecordWhatItCommitsAndTheStateAfterIt() throws IOException {
        List<LayerFact> facts = inspect(file("store/log", "1"));

        assertThat(kinds(facts)).startsWith("record");
        assertThat(facts.getFirst().facts())
                .containsEntry("number", 1L)
                .containsEntry("kind", "commit")
                .containsEntry("name", "home")
                .containsEntry("entries", 4L);
    }

    @Test
    void tellsOfAMemoryItsNamesAndFrames() throws IOException {
        List<LayerFact> changes = inspect(file("memory", ".changes"));
        List<LayerFact> frames = inspect(file("memory", ".frames"));

        assertThat(changes)
                .extracting(LayerFact::kind)
                .containsExactly("changes", "name", "name", "name", "name");
        assertThat(changes.getLast().facts())
                .containsEntry("path", "small")
                .containsEntry("linkTo", "second");
        assertThat(kinds(frames)).containsExactly("frames", "known frame");
        assertThat(frames.getFirst().facts())
                .containsEntry("rows", frames.size() - 1L)
                .containsEntry("identity", changes.getFirst().facts().get("basis"));
    }

    /// Every file, a bit every few bytes: whatever can be told is, and what is wrong has a name.
    @Test
    void namesWhateverBitIsWrong() throws IOException {
        for (Path file :
                List.of(
                        file("store/packs", ""),
                        file("store/log", "1"),
                        file("memory", ".changes"),
                        file("memory", ".frames"))) {
            byte[] bytes = Files.readAllBytes(file);
            int step = Math.max(1, bytes.length / 40);
            for (int at = 0; at < bytes.length; at += step) {
                byte[] flipped = bytes.clone();
                flipped[at] ^= 1 << at % 8;
                Files.write(file, flipped);
                List<LayerFact> facts = new ArrayList<>();
                LayerFileInspection.inspect(disk, file, facts::add);
                assertThat(facts).as("%s, byte %d", file, at).anyMatch(LayerFact::isDamage);
            }
            Files.write(file, bytes);
        }
    }

    @Test
    void namesWhatIsCutOff() throws IOException {
        for (Path file :
                List.of(
                        file("store/packs", ""),
                        file("store/log", "1"),
                        file("memory", ".changes"),
                        file("memory", ".frames"))) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length : new int[] {bytes.length - 1, bytes.length / 2, 70, 9}) {
                Files.write(file, java.util.Arrays.copyOf(bytes, length));
                List<LayerFact> facts = new ArrayList<>();
                LayerFileInspection.inspect(disk, file, facts::add);
                assertThat(facts).as("%s, %d bytes", file, length).anyMatch(LayerFact::isDamage);
            }
            Files.write(file, bytes);
        }
    }
}
