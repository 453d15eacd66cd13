package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.server.http.HttpLimits;
import org.junit.jupiter.api.Test;

class HeapBoundsTest {
    private static final HttpLimits WANTED = HttpLimits.defaults();

    @Test
    void keepsWhatIsInFlightToPartsOfASmallHeap() {
        HttpLimits fitting = SiltstoneServer.withinHeap(WANTED, 256 << 20);
        assertThat(fitting.bodyBytesInFlightMax()).isEqualTo(32 << 20);
        assertThat(fitting.replyBytesInFlightMax()).isEqualTo(64 << 20);
    }

    @Test
    void letsOneOfTheLargestThroughHoweverSmallTheHeapIs() {
        HttpLimits fitting = SiltstoneServer.withinHeap(WANTED, 1 << 20);
        assertThat(fitting.bodyBytesInFlightMax()).isEqualTo(WANTED.bodyBytesMax());
        assertThat(fitting.replyBytesInFlightMax()).isEqualTo(1 << 20);
    }

    @Test
    void givesNoMoreThanWasWanted() {
        assertThat(SiltstoneServer.withinHeap(WANTED, 64L << 30)).isEqualTo(WANTED);
    }
}
