package dev.siltstone.journal;

import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What must hold of [Journal#open] whatever the last file holds: it names the damage, or replays a prefix
/// of what was appended.
public final class JournalFuzz {
    private static final Path DIRECTORY = Path.of("/journal");
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(4096).withoutBackground().withRecycledFilesMax(1);

    private static final SimulatedDisk DISK = new SimulatedDisk();
    private static final List<String> TEXTS = new ArrayList<>();

    static {
        try {
            fill();
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private JournalFuzz() {}

    private static void fill() throws IOException {
        Journal journal = open(DISK, new Replayed());
        for (int i = 0; journal.fileStarts().size() < 2 || i % 5 != 0; i++) {
            for (int j = 0; j <= i % 3; j++) {
                String text = (i + "," + j + ";").repeat(1 + i % 7 * 20);
                TEXTS.add(text);
                if (journal.room(text.length()) == Journal.Room.AFTER_COMMIT) {
                    journal.commit();
                }
                JournalTest.stage(journal, text);
            }
            journal.commit();
            if (i % 4 == 0) {
                journal.mark();
            }
        }
        journal.close();
    }

    /// Returns the last file as it was written: what inputs are made from.
    static byte[] lastFile() {
        return DISK.bytes(DISK.files().getLast());
    }

    /// Returns the file before it.
    static byte[] fullFile() {
        return DISK.bytes(DISK.files().getFirst());
    }

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        SimulatedDisk disk = DISK.kill();
        disk.put(disk.files().getLast(), input);
        Replayed replayed = new Replayed();
        try {
            open(disk, replayed);
        } catch (JournalDamagedException e) {
            return;
        }
        List<String> texts = replayed.texts();
        if (!texts.equals(TEXTS.subList(0, Math.min(texts.size(), TEXTS.size())))) {
            throw new AssertionError("replayed " + texts);
        }
    }

    private static Journal open(SimulatedDisk disk, Replayed replayed) throws IOException {
        return Journal.open(disk, DIRECTORY, SETTINGS, new SplittableRandom(7), replayed);
    }
}
