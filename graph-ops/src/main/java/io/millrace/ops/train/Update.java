package io.millrace.ops.train;

import io.millrace.ir.Scalar;

/** The rules of TensorFlow's optimizers, a row each. */
public enum Update {
  /** {@code var -= rate * gradient}. */
  GRADIENT_DESCENT(
      UpdateRule.of("GradientDescent")
          .setting("alpha", "learning_rate")
          .gradient("delta")
          .set("var", t -> t.get("var").minus(t.get("alpha").times(t.get("delta"))))),

  /**
   * {@code sum = momentum * sum + gradient; var -= rate * sum}, or with Nesterov's look ahead
   * {@code var -= rate * gradient + rate * momentum * sum}.
   */
  MOMENTUM(
      UpdateRule.of("Momentum")
          .slot("accum", "momentum")
          .setting("lr", "learning_rate")
          .gradient("grad")
          .setting("momentum", "momentum")
          .option("use_nesterov", false)
          .set("accum", t -> t.get("accum").times(t.get("momentum")).plus(t.get("grad")))
          .set("var", Update::momentum)),

  /**
   * {@code sum += gradient^2; var -= rate * gradient / sqrt(sum)}, or without the first.
   *
   * <p>Source: Duchi, Hazan and Singer, 2011.
   */
  ADAGRAD(
      UpdateRule.of("Adagrad")
          .slot("accum", "accumulator", 0.1)
          .setting("lr", "learning_rate")
          .gradient("grad")
          .option("update_slots", true)
          .set(
              "accum",
              t -> t.option() ? t.get("accum").plus(t.get("grad").square()) : t.get("accum"))
          .set(
              "var",
              t ->
                  t.get("var")
                      .minus(t.get("lr").times(t.get("grad")).dividedBy(t.get("accum").sqrt())))),

  /**
   * {@code m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2); var -= m r / (sqrt(v) + e)} with
   * {@code r = rate sqrt(1 - beta2^t) / (1 - beta1^t)}.
   *
   * <p>Source: arXiv:1412.6980, in the form before its section 2.1; with Nesterov's look ahead
   * {@code beta1 m + (1 - beta1) g} stands for the last m.
   */
  ADAM(
      UpdateRule.of("Adam")
          .slot("m", "m")
          .slot("v", "v")
          .power("beta1_power", "beta1")
          .power("beta2_power", "beta2")
          .setting("lr", "learning_rate")
          .setting("beta1", "beta1")
          .setting("beta2", "beta2")
          .setting("epsilon", "epsilon")
          .gradient("grad")
          .option("use_nesterov", false)
          .set("m", t -> towards(t, "m", t.get("grad"), "beta1"))
          .set("v", t -> towards(t, "v", t.get("grad").square(), "beta2"))
          .set(
              "rate",
              t ->
                  t.get("lr")
                      .times(t.oneMinus("beta2_power").sqrt())
                      .dividedBy(t.oneMinus("beta1_power")))
          .set("var", Update::adam));

  private final UpdateRule rule;

  Update(UpdateRule rule) {
    this.rule = rule;
  }

  /** Returns the row. */
  public UpdateRule rule() {
    return rule;
  }

  /** Returns a mean that forgets, moved towards a value by what its decay leaves. */
  private static Scalar towards(UpdateRule.Terms t, String mean, Scalar value, String decay) {
    return t.get(mean).plus(value.minus(t.get(mean)).times(t.oneMinus(decay)));
  }

  private static Scalar momentum(UpdateRule.Terms t) {
    Scalar sum = t.get("accum");
    Scalar rate = t.get("lr");
    return t.get("var")
        .minus(
            t.option()
                ? t.get("grad").times(rate).plus(sum.times(t.get("momentum")).times(rate))
                : sum.times(rate));
  }

  private static Scalar adam(UpdateRule.Terms t) {
    Scalar first =
        t.option()
            ? t.get("grad").times(t.oneMinus("beta1")).plus(t.get("beta1").times(t.get("m")))
            : t.get("m");
    Scalar size = t.get("v").sqrt().plus(t.get("epsilon"));
    return t.get("var").minus(first.times(t.get("rate")).dividedBy(size));
  }
}
