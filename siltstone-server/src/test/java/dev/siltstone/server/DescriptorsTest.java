package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void leavesEnoughForTheJournal() {
        assertThat(Descriptors.connectionsMax(20_000, 4096)).isEqualTo(4096 - 640);
        assertThat(Descriptors.connectionsMax(20_000, 600)).isEqualTo(300);
        assertThat(Descriptors.connectionsMax(20_000, 1)).isEqualTo(1);
    }

    @Test
    void givesWhatIsWantedWhereThereIsEnough() {
        assertThat(Descriptors.connectionsMax(20_000, 1 << 20)).isEqualTo(20_000);
        assertThat(Descriptors.connectionsMax(20_000, Long.MAX_VALUE)).isEqualTo(20_000);
    }

    @Test
    void knowsTheBoundOfThisProcess() {
        assertThat(Descriptors.max()).isPositive();
    }
}
