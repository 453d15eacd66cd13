package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownRangesTest {
    private final KnownRanges known = new KnownRanges(3);

    @Test
    void findsByPosition() {
        add(id(0, 1, 1), id(0, 2, 2), id(0, 3, 7), id(1, 1, 7), id(2, 1, 3), id(2, 1, 6));

        assertThat(ids(known.covering(0, 5))).containsExactly(id(0, 3, 7));
        assertThat(ids(known.covering(0, 2))).containsExactly(id(0, 2, 2));
        assertThat(ids(known.covering(0, 8))).isEmpty();
        assertThat(ids(known.covering(2, 2))).containsExactly(id(2, 1, 3), id(2, 1, 6));
        assertThat(ids(known.covering(2, 4))).containsExactly(id(2, 1, 6));
        assertThat(ids(known.after(0, 1))).containsExactly(id(0, 2, 2), id(0, 3, 7));
        assertThat(ids(known.after(0, 4))).containsExactly(id(0, 3, 7));
        assertThat(ids(known.after(0, 7))).isEmpty();
        assertThat(known.after(0, -1L)).isEmpty();
        assertThat(known.find(id(0, 3, 7))).isPresent();
        assertThat(known.find(id(0, 3, 6))).isEmpty();
    }

    @Test
    void comparesPositionsWithoutSign() {
        add(id(0, 1, Long.MAX_VALUE), id(0, Long.MIN_VALUE, -2L), id(0, -1L, -1L));

        assertThat(ids(known.list(0)))
                .containsExactly(
                        id(0, 1, Long.MAX_VALUE), id(0, Long.MIN_VALUE, -2L), id(0, -1L, -1L));
        assertThat(ids(known.covering(0, -5L))).containsExactly(id(0, Long.MIN_VALUE, -2L));
        assertThat(known.newest(0).orElseThrow().id()).isEqualTo(id(0, -1L, -1L));
        assertThat(known.cover(1, -1L)).isTrue();
        assertThatThrownBy(() -> id(0, -1L, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsTheNewest() {
        assertThat(known.newest(2)).isEmpty();
        known.add(new RangeFile(id(2, 1, 9), 10, Instant.ofEpochSecond(9)));
        known.add(new RangeFile(id(2, 1, 30), 10, Instant.ofEpochSecond(30)));
        known.add(new RangeFile(id(2, 1, 20), 10, Instant.ofEpochSecond(20)));

        assertThat(known.newest(2).orElseThrow().id()).isEqualTo(id(2, 1, 30));
        assertThat(known.newestBefore(2, Instant.ofEpochSecond(30)).orElseThrow().id())
                .isEqualTo(id(2, 1, 20));
        assertThat(known.newestBefore(2, Instant.ofEpochSecond(9))).isEmpty();
    }

    @Test
    void knowsWhetherLevelsTogetherHoldARange() {
        add(id(2, 1, 10), id(1, 8, 15), id(0, 16, 16), id(0, 18, 18));

        assertThat(known.cover(1, 16)).isTrue();
        assertThat(known.cover(3, 3)).isTrue();
        assertThat(known.cover(1, 17)).isFalse();
        assertThat(known.cover(17, 17)).isFalse();
        assertThat(known.cover(18, 18)).isTrue();
        assertThat(known.cover(0, 1)).isFalse();
    }

    @Test
    void countsBytes() {
        add(id(0, 1, 1), id(0, 2, 2), id(1, 1, 2));

        assertThat(known.count(0)).isEqualTo(2);
        assertThat(known.bytes(0)).isEqualTo(20);
        assertThat(known.bytes()).isEqualTo(30);
    }

    @Test
    void condemnsNothingThatIsPinned() throws RangeGoneException {
        add(id(0, 1, 1), id(0, 2, 2), id(0, 3, 3));
        Pin one = known.pin(List.of(id(0, 1, 1), id(0, 2, 2)));
        Pin two = known.pin(List.of(id(0, 2, 2)));
        List<RangeId> all = ids(known.list(0));

        assertThat(ids(known.condemn(all))).containsExactly(id(0, 3, 3));
        one.close();
        one.close();
        assertThat(ids(known.condemn(all))).containsExactly(id(0, 1, 1));
        two.close();
        assertThat(ids(known.condemn(all))).containsExactly(id(0, 2, 2));
        assertThatThrownBy(() -> known.pin(List.of(id(0, 2, 2))))
                .isInstanceOf(RangeGoneException.class)
                .hasMessageContaining("0/0000000000000002-0000000000000002");
    }

    @Test
    void aFailedPinPinsNothing() {
        add(id(0, 1, 1));

        assertThatThrownBy(() -> known.pin(List.of(id(0, 1, 1), id(0, 9, 9))))
                .isInstanceOf(RangeGoneException.class);
        assertThat(known.condemn(List.of(id(0, 1, 1)))).hasSize(1);
    }

    @Test
    void changesDuringARefreshCountForMoreThanTheListing() {
        add(id(0, 1, 1), id(0, 2, 2), id(1, 1, 2));
        KnownRanges.Refresh refresh = known.beginRefresh(0);
        known.condemn(List.of(id(0, 1, 1)));
        add(id(0, 3, 3));
        known.replace(refresh, List.of(file(id(0, 1, 1)), file(id(0, 2, 2)), file(id(0, 9, 9))));

        assertThat(ids(known.list(0))).containsExactly(id(0, 2, 2), id(0, 3, 3), id(0, 9, 9));
        assertThat(ids(known.list(1))).containsExactly(id(1, 1, 2));
    }

    @Test
    void namesTheOldestThatMayGo() {
        add(id(0, 1, 1), id(0, 2, 2), id(0, 3, 3), id(0, 4, 4));

        Retention upToThree = Retention.upTo(0, 3, 1);
        assertThat(known.oldest(0, upToThree.keepNewest(), upToThree.mayGo()))
                .containsExactly(id(0, 1, 1), id(0, 2, 2), id(0, 3, 3));
        assertThat(known.oldest(0, 2, upToThree.mayGo())).containsExactly(id(0, 1, 1), id(0, 2, 2));
        assertThat(known.oldest(0, 9, upToThree.mayGo())).isEmpty();
        assertThat(known.oldest(0, 0, file -> file.id().first() != 2)).containsExactly(id(0, 1, 1));
    }

    @Test
    void combinesPositionAndTime() {
        for (int i = 1; i <= 4; i++) {
            known.add(new RangeFile(id(0, i, i), 1, Instant.ofEpochSecond(i)));
        }
        Retention rule = Retention.upTo(0, 3, 1).andBefore(Instant.ofEpochSecond(3));

        assertThat(known.oldest(0, 1, rule.mayGo())).containsExactly(id(0, 1, 1), id(0, 2, 2));
    }

    private void add(RangeId... ids) {
        for (RangeId id : ids) {
            known.add(file(id));
        }
    }

    private static RangeFile file(RangeId id) {
        return new RangeFile(id, 10, Instant.EPOCH);
    }
}
