package dev.siltstone.system;

import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The seed of a test with chance in it: new each time, or as given by `-Dsiltstone.seed`.
///
/// @param value say it whenever the test fails
public record Seed(long value) {
    private static final String PROPERTY = "siltstone.seed";

    public static Seed choose() {
        return new Seed(Long.getLong(PROPERTY, new Random().nextLong()));
    }

    /// Returns chance for one user of it, the same for the same seed and number.
    public RandomGenerator random(long number) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(value * 31 + number);
    }

    /// Returns how to run a test class again just like this.
    public String howToRepeat(Class<?> test) {
        return "seed "
                + value
                + "; to repeat: ./mvnw verify -Dtest="
                + test.getSimpleName()
                + " -Dsurefire.failIfNoSpecifiedTests=false -D"
                + PROPERTY
                + "="
                + value;
    }
}
