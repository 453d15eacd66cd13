package dev.siltstone.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackOffTest {
    @Test
    void doublesUpToABound() {
        Duration first = Duration.ofMillis(100);
        Duration max = Duration.ofSeconds(60);
        BackOff backOff = new BackOff(first, max, new SplittableRandom(1));

        for (int failures = 1; failures < 10; failures++) {
            Duration whole = first.multipliedBy(1L << (failures - 1));
            assertThat(backOff.delay(failures)).isBetween(whole.dividedBy(2), whole);
        }
        for (int failures : new int[] {11, 60, 1000, Integer.MAX_VALUE}) {
            assertThat(backOff.delay(failures)).isBetween(max.dividedBy(2), max);
        }
    }
}
