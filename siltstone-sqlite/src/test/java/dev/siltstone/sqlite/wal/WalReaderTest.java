package dev.siltstone.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.sqlite.BytesFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Logs made by hand: three commits that end at frames 2, 3 and 6.
class WalReaderTest {
    private static final int FRAME = 536;
    private static final byte[] WAL = Wals.make(7, 8, 0, 3, 3, 0, 0, 4);

    private final BytesFile file = new BytesFile(WAL);
    private final WalReader reader = new WalReader(file, WalReader.newBuffer());
    private final Wals.Pages pages = new Wals.Pages();

    @Test
    void readsOnFromWhereItWas() throws IOException {
        WalRead first = reader.read(header().start(), 3, pages);
        assertThat(pages.frames).isEqualTo(3);
        assertThat(first).isEqualTo(new WalRead.Reached(first.position(), 3));
        assertThat(first.position().frame()).isEqualTo(3);
        assertThat(first.position().filePosition()).isEqualTo(32 + 3 * FRAME);

        WalRead second = reader.read(first.position(), 6, pages);
        assertThat(second).isEqualTo(new WalRead.Reached(second.position(), 4));
        assertThat(pages.frames).isEqualTo(6);
        assertThat(pages.commits).isEqualTo(3);
    }

    @Test
    void readsOnBehindAFrameThatIsTrusted() throws IOException {
        WalFrame third = reader.frame(header(), 3).orElseThrow();
        WalPosition after = WalPosition.after(header(), third);

        assertThat(after.isAfter(third)).isTrue();
        assertThat(after.isAfter(reader.frame(header(), 2).orElseThrow())).isFalse();
        assertThat(reader.read(after, 6, pages)).isInstanceOf(WalRead.Reached.class);
        assertThat(pages.frames).isEqualTo(3);
        assertThat(reader.frame(header(), 7)).isEmpty();
    }

    @Test
    void readsMoreAfterItReadLess() throws IOException {
        reader.read(header().start(), 1, pages);
        assertThat(reader.scan(header().start()).lastCommit().frame()).isEqualTo(6);
        reader.read(header().start(), 1, pages);
        assertThat(reader.read(header().start(), 6, pages)).isInstanceOf(WalRead.Reached.class);
        assertThat(pages.frames).isEqualTo(8);
    }

    @Test
    void saysThatTheLastFrameReadEndsNoCommit() throws IOException {
        WalRead read = reader.read(header().start(), 5, pages);

        assertThat(read).isEqualTo(new WalRead.Reached(read.position(), 0));
    }

    @Test
    void doesNotLookPastTheCommittedFrame() throws IOException {
        // Frames 4 to 6 are valid and end a commit: their writer was killed before it became one.
        assertThat(reader.read(header().start(), 3, pages)).isInstanceOf(WalRead.Reached.class);
        assertThat(pages.frames).isEqualTo(3);
        assertThat(pages.size).isEqualTo(3);

        Arrays.fill(file.bytes(), 32 + 3 * FRAME, WAL.length, (byte) 9);
        assertThat(reader.read(header().start(), 3, pages)).isInstanceOf(WalRead.Reached.class);
    }

    @Test
    void namesEveryFlippedBitOfEveryFrame() throws IOException {
        WalPosition start = header().start();
        for (long bit = 32 * 8; bit < WAL.length * 8L; bit++) {
            file.flip(bit);
            long frame = (bit / 8 - 32) / FRAME + 1;
            AtomicLong seen = new AtomicLong();
            WalRead read = reader.read(start, 6, (n, pgno, commit, page) -> seen.set(n));
            assertThat(read).as("bit %d", bit).isInstanceOf(WalRead.Damaged.class);
            WalRead.Damaged damaged = (WalRead.Damaged) read;
            assertThat(damaged.frame()).as("bit %d", bit).isEqualTo(frame);
            assertThat(damaged.position().frame()).isEqualTo(frame - 1);
            assertThat(damaged.expected()).isNotEqualTo(damaged.actual());
            assertThat(seen.get()).as("frames handed on").isEqualTo(frame - 1);
            file.flip(bit);
        }
    }

    @Test
    void namesAFileThatEndsBeforeTheCommittedFrame() throws IOException {
        WalPosition start = header().start();
        file.truncate(32 + 4 * FRAME + 100);

        assertThat(reader.read(start, 6, pages))
                .isInstanceOfSatisfying(
                        WalRead.Damaged.class,
                        damaged -> {
                            assertThat(damaged.frame()).isEqualTo(5);
                            assertThat(damaged.reason()).isEqualTo("the file ends");
                            assertThat(damaged.actual()).isEqualTo("100 bytes");
                        });
    }

    @Test
    void tellsARestartFromDamage() throws IOException {
        WalPosition third = reader.read(header().start(), 3, pages).position();
        byte[] restarted = WAL.clone();
        byte[] next = Wals.make(8, 99, 0, 0, 0, 5);
        System.arraycopy(next, 0, restarted, 0, next.length);
        file.become(restarted);

        WalRead read = reader.read(third, 6, pages);

        assertThat(read)
                .isInstanceOfSatisfying(
                        WalRead.Restarted.class,
                        now -> {
                            assertThat(now.position()).isEqualTo(third);
                            assertThat(now.now())
                                    .isInstanceOfSatisfying(
                                            WalHeaderFound.Valid.class,
                                            valid ->
                                                    assertThat(valid.header().salt1())
                                                            .isEqualTo(8));
                        });
    }

    @Test
    void tellsATruncatedLogFromDamage() throws IOException {
        WalPosition start = header().start();
        file.truncate(0);

        assertThat(reader.read(start, 6, pages))
                .isEqualTo(new WalRead.Restarted(start, new WalHeaderFound.Absent(0)));
    }

    @Test
    void handsOnFramesOfTheOldLogThatARestartHasNotReached() throws IOException {
        WalPosition third = reader.read(header().start(), 3, pages).position();
        byte[] restarted = WAL.clone();
        System.arraycopy(Wals.make(8, 99, 5), 0, restarted, 0, 32 + FRAME);
        file.become(restarted);

        WalScan scan = reader.scan(third);
        assertThat(scan.lastCommit().frame()).isEqualTo(6);
        assertThat(scan.commitPages()).isEqualTo(4);
        assertThat(scan.tail()).isEqualTo(new WalScan.End());
        assertThat(reader.read(third, 6, pages)).isInstanceOf(WalRead.Reached.class);
    }

    @Test
    void scansTornTailsAtEveryByte() throws IOException {
        WalPosition start = header().start();
        for (int length = 32; length <= WAL.length; length++) {
            file.become(Arrays.copyOf(WAL, length));
            int whole = (length - 32) / FRAME;
            int commit = whole >= 6 ? 6 : whole >= 3 ? 3 : whole >= 2 ? 2 : 0;

            WalScan scan = reader.scan(start);

            assertThat(scan.lastCommit().frame()).as("%d bytes", length).isEqualTo(commit);
            assertThat(scan.lastValid().frame()).as("%d bytes", length).isEqualTo(whole);
            if ((length - 32) % FRAME == 0) {
                assertThat(scan.tail()).as("%d bytes", length).isEqualTo(new WalScan.End());
            } else {
                assertThat(scan.tail())
                        .as("%d bytes", length)
                        .isInstanceOfSatisfying(
                                WalScan.Torn.class,
                                torn -> {
                                    assertThat(torn.frame()).isEqualTo(whole + 1);
                                    assertThat(torn.framesFollow()).isFalse();
                                });
            }
        }
    }

    @Test
    void scanTellsWhatAnEarlierLogLeftFromATornFrame() throws IOException {
        byte[] both = WAL.clone();
        byte[] young = Wals.make(8, 99, 0, 5);
        System.arraycopy(young, 0, both, 0, young.length);
        file.become(both);

        WalScan scan = reader.scan(header().start());

        assertThat(scan.lastCommit().frame()).isEqualTo(2);
        assertThat(scan.tail()).isEqualTo(new WalScan.Stale());
    }

    @Test
    void scanTellsThatFramesFollowTheBrokenOne() throws IOException {
        WalPosition start = header().start();
        for (int at : new int[] {32 + 3 * FRAME + 9, 32 + 3 * FRAME + 300}) {
            file.become(WAL);
            file.flip(at * 8L);

            WalScan scan = reader.scan(start);

            assertThat(scan.lastCommit().frame()).isEqualTo(3);
            assertThat(scan.tail())
                    .isInstanceOfSatisfying(
                            WalScan.Torn.class,
                            torn -> {
                                assertThat(torn.frame()).isEqualTo(4);
                                assertThat(torn.framesFollow()).isTrue();
                            });
        }
    }

    @Test
    void readsSinglePages() throws IOException {
        ByteBuffer page = ByteBuffer.allocate(512);
        reader.page(header(), 2, page);

        assertThat(page.array())
                .isEqualTo(Arrays.copyOfRange(WAL, 32 + FRAME + 24, 32 + 2 * FRAME));
        assertThatThrownBy(() -> reader.page(header(), 7, page.clear()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("frame 7 at file position");
    }

    @Test
    void whatTheSinkThrowsGoesToTheCaller() throws IOException {
        WalPosition start = header().start();
        assertThatThrownBy(() ->
                        reader.read(
                                start,
                                6,
                                (n, pgno, commit, page) -> {
                                    throw new IOException("full");
                                }))
                .hasMessage("full");
    }

    @Test
    void refusesABufferThatHoldsNoFrame() {
        assertThatThrownBy(() -> new WalReader(file, ByteBuffer.allocate(65536)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65560");
    }

    private WalHeader header() throws IOException {
        return ((WalHeaderFound.Valid) reader.header()).header();
    }
}
