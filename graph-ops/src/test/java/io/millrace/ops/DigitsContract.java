package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds a device to values and slopes near 0 and in the tails, where digits are lost easily; they
 * were computed with 60 digits.
 */
public abstract class DigitsContract {
  private static final double ULPS = 8;

  /** A function, a point that all floating types have, and what the function and its slope are. */
  private record Point(
      String name,
      BiFunction<Ops, Output, Output> function,
      double x,
      double value,
      double slope) {}

  private static Point at(
      String name, BiFunction<Ops, Output, Output> function, double x, double value, double slope) {
    return new Point(name, function, x, value, slope);
  }

  private static Output slope(Ops tf, Output y, Output x) {
    return tf.gradients(y, x).get(0);
  }

  private static final List<Point> POINTS =
      List.of(
          at("sigmoid of 0x1p-20", Ops::sigmoid, 0x1p-20, 0.5000002384185791, 0.24999999999994316),
          at("sigmoid of 20", Ops::sigmoid, 20, 0.9999999979388464, 2.061153613941849e-09),
          at("sigmoid of -80", Ops::sigmoid, -80, 1.8048513878454153e-35, 1.8048513878454153e-35),
          at("tanh of 0x1p-12", Ops::tanh, 0x1p-12, 0.00024414062014936172, 0.9999999403953576),
          at("tanh of 10", Ops::tanh, 10, 0.9999999958776927, 8.244614455767397e-09),
          at("tanh of -40", Ops::tanh, -40, -1.0, 7.219405551381661e-35),
          at(
              "slope of tanh at 40",
              (tf, x) -> slope(tf, tf.tanh(x), x),
              40,
              7.219405551381661e-35,
              -1.443881110276332e-34),
          at(
              "slope of tanh at 0x1p-12",
              (tf, x) -> slope(tf, tf.tanh(x), x),
              0x1p-12,
              0.9999999403953576,
              -0.0004882812111948947),
          at(
              "slope of sigmoid at -80",
              (tf, x) -> slope(tf, tf.sigmoid(x), x),
              -80,
              1.8048513878454153e-35,
              1.8048513878454153e-35),
          at(
              "slope of sigmoid at 0x1p-20",
              (tf, x) -> slope(tf, tf.sigmoid(x), x),
              0x1p-20,
              0.24999999999994316,
              -1.192092895507451e-07),
          at(
              "slope of softplus at 80",
              (tf, x) -> slope(tf, tf.nn.softplus(x), x),
              80,
              1,
              1.8048513878454153e-35),
          at(
              "logSigmoid of 30",
              Ops::logSigmoid,
              30,
              -9.357622968839737e-14,
              9.357622968839299e-14),
          at("logSigmoid of -30", Ops::logSigmoid, -30, -30.000000000000092, 0.9999999999999064),
          at(
              "softplus of -30",
              (tf, x) -> tf.nn.softplus(x),
              -30,
              9.357622968839737e-14,
              9.357622968839299e-14),
          at(
              "softplus of 30",
              (tf, x) -> tf.nn.softplus(x),
              30,
              30.000000000000092,
              0.9999999999999064),
          at(
              "elu of -0x1p-27",
              (tf, x) -> tf.nn.elu(x),
              -0x1p-27,
              -7.4505805691682525e-09,
              0.9999999925494194),
          at(
              "elu of -20",
              (tf, x) -> tf.nn.elu(x),
              -20,
              -0.9999999979388464,
              2.061153622438558e-09),
          at(
              "selu of -0x1p-27",
              (tf, x) -> tf.nn.selu(x),
              -0x1p-27,
              -1.309886078758498e-08,
              1.7580993277485162),
          at(
              "selu of -20",
              (tf, x) -> tf.nn.selu(x),
              -20,
              -1.758099337223664,
              3.6237128249944117e-09),
          at(
              "selu of 0.125",
              (tf, x) -> tf.nn.selu(x),
              0.125,
              0.13133762341943506,
              1.0507009873554805),
          at(
              "softsign of -0x1p-30",
              (tf, x) -> tf.nn.softsign(x),
              -0x1p-30,
              -9.313225737481168e-10,
              0.9999999981373549),
          at(
              "softsign of 0x1p40",
              (tf, x) -> tf.nn.softsign(x),
              0x1p40,
              0.9999999999990905,
              8.27180612551523e-25),
          at(
              "swish of -20",
              (tf, x) -> tf.nn.swish(x),
              -20,
              -4.122307236380407e-08,
              -3.9161918660646786e-08),
          at(
              "swish of 0x1p-20",
              (tf, x) -> tf.nn.swish(x),
              0x1p-20,
              4.768373855768004e-07,
              0.5000004768371582),
          at("gelu of -2", (tf, x) -> tf.nn.gelu(x), -2, -0.04550026389635842, -0.0852318010781969),
          at(
              "gelu of 0x1p-20",
              (tf, x) -> tf.nn.gelu(x),
              0x1p-20,
              4.768375210390154e-07,
              0.5000007609220131),
          at("gelu of 30", (tf, x) -> tf.nn.gelu(x), 30, 30.0, 1.0),
          at(
              "geluTanh of -4",
              (tf, x) -> tf.nn.gelu(x, true),
              -4,
              -7.024594819237268e-05,
              -0.0003351231971226708),
          at(
              "geluTanh of 0x1p-20",
              (tf, x) -> tf.nn.gelu(x, true),
              0x1p-20,
              4.768375210390154e-07,
              0.5000007609220131),
          at(
              "geluTanh of 0x1p80",
              (tf, x) -> tf.nn.gelu(x, true),
              0x1p80,
              1.2089258196146292e+24,
              1.0),
          at("expm1 of 0x1p-27", Ops::expm1, 0x1p-27, 7.450580624679404e-09, 1.0000000074505806),
          at(
              "expm1 of -0x1p-27",
              Ops::expm1,
              -0x1p-27,
              -7.4505805691682525e-09,
              0.9999999925494194),
          at("log1p of 0x1p-27", Ops::log1p, 0x1p-27, 7.4505805691682525e-09, 0.9999999925494194),
          at("log1p of -0x1p-27", Ops::log1p, -0x1p-27, -7.450580624679404e-09, 1.0000000074505806),
          at("asin of 0x1.ffffep-1", Ops::asin, 0x1.ffffep-1, 1.5694152587531343, 724.077516568578),
          at("asin of 0x1p-20", Ops::asin, 0x1p-20, 9.536743164063946e-07, 1.0000000000004547),
          at(
              "acos of 0x1.ffffep-1",
              Ops::acos,
              0x1.ffffep-1,
              0.0013810680417624171,
              -724.077516568578),
          at(
              "acos of -0x1.ffffep-1",
              Ops::acos,
              -0x1.ffffep-1,
              3.140211585548031,
              -724.077516568578),
          at("atan of 0x1p-20", Ops::atan, 0x1p-20, 9.536743164059608e-07, 0.9999999999990905),
          at("atan of 0x1p40", Ops::atan, 0x1p40, 1.570796326793987, 8.271806125530277e-25),
          at("asinh of 0x1p60", Ops::asinh, 0x1p60, 42.281978014156664, 8.673617379884035e-19),
          at("asinh of 0x1p-20", Ops::asinh, 0x1p-20, 9.536743164061055e-07, 0.9999999999995453),
          at("asinh of -30", Ops::asinh, -30, -4.09462222433053, 0.03331483023263848),
          at(
              "acosh of 0x1.00001p0",
              Ops::acosh,
              0x1.00001p0,
              0.0013810678222475811,
              724.077171301595),
          at("acosh of 30", Ops::acosh, 30, 4.0940666686320855, 0.033351867298253506),
          at(
              "atanh of 0x1.ffffep-1",
              Ops::atanh,
              0x1.ffffep-1,
              7.27804515746079,
              524288.2500001192),
          at("atanh of 0x1p-20", Ops::atanh, 0x1p-20, 9.53674316406539e-07, 1.0000000000009095),
          at("erfinv of 0x1p-27", Ops::erfinv, 0x1p-27, 6.602905135249779e-09, 0.886226925452758),
          at("erfinv of -0.5", Ops::erfinv, -0.5, -0.4769362762044699, 1.1125848189719498),
          at("erfc of 3", Ops::erfc, 3, 2.209049699858544e-05, -0.00013925305194674786),
          at("erfc of -0x1p-20", Ops::erfc, -0x1p-20, 1.0000010761062308, -1.1283791670944863),
          at(
              "lgamma of 0x1.00001p0",
              Ops::lgamma,
              0x1.00001p0,
              -5.504750066148867e-07,
              -0.5772140961712544),
          at(
              "lgamma of 0x1.fffffp0",
              Ops::lgamma,
              0x1.fffffp0,
              -4.0319826848018475e-07,
              0.42278372004122805),
          at("lgamma of 0.25", Ops::lgamma, 0.25, 1.2880225246980774, -4.2274535333762655),
          at("lgamma of -0.25", Ops::lgamma, -0.25, 1.589575312551186, 2.9141391202135276),
          at("digamma of 1", Ops::digamma, 1, -0.5772156649015329, 1.6449340668482264),
          at("digamma of 0.25", Ops::digamma, 0.25, -4.2274535333762655, 17.19732915450711),
          at("digamma of -0.25", Ops::digamma, -0.25, 2.9141391202135276, 18.541879647671607),
          at(
              "sce1 of 20",
              (tf, x) -> tf.nn.sigmoidCrossEntropyWithLogits(tf.onesLike(x), x),
              20,
              2.061153620314381e-09,
              -2.0611536181902037e-09),
          at(
              "sce1 of -20",
              (tf, x) -> tf.nn.sigmoidCrossEntropyWithLogits(tf.onesLike(x), x),
              -20,
              20.000000002061153,
              -0.9999999979388464),
          at(
              "sce0 of 20",
              (tf, x) -> tf.nn.sigmoidCrossEntropyWithLogits(tf.zerosLike(x), x),
              20,
              20.000000002061153,
              0.9999999979388464),
          at(
              "sce0 of -20",
              (tf, x) -> tf.nn.sigmoidCrossEntropyWithLogits(tf.zerosLike(x), x),
              -20,
              2.061153620314381e-09,
              2.0611536181902037e-09),
          at(
              "logSoftmax0 of 20",
              (tf, x) -> first(tf, tf.nn.logSoftmax(beside(tf, x))),
              20,
              -2.061153620314381e-09,
              2.0611536181902037e-09),
          at(
              "logSoftmax0 of -20",
              (tf, x) -> first(tf, tf.nn.logSoftmax(beside(tf, x))),
              -20,
              -20.000000002061153,
              0.9999999979388464),
          at(
              "softmax0 of 20",
              (tf, x) -> first(tf, tf.nn.softmax(beside(tf, x))),
              20,
              0.9999999979388464,
              2.061153613941849e-09),
          at(
              "softmax0 of -20",
              (tf, x) -> first(tf, tf.nn.softmax(beside(tf, x))),
              -20,
              2.0611536181902037e-09,
              2.061153613941849e-09),
          at(
              "xent0 of 20",
              DigitsContract::crossEntropy,
              20,
              2.061153620314381e-09,
              -2.0611536181902037e-09),
          at(
              "xent0 of -20",
              DigitsContract::crossEntropy,
              -20,
              20.000000002061153,
              -0.9999999979388464),
          at(
              "sxent0 of 20",
              DigitsContract::sparseCrossEntropy,
              20,
              2.061153620314381e-09,
              -2.0611536181902037e-09),
          at(
              "sxent0 of -20",
              DigitsContract::sparseCrossEntropy,
              -20,
              20.000000002061153,
              -0.9999999979388464),
          at(
              "lse0 of 20",
              (tf, x) -> tf.reduceLogsumexp(beside(tf, x), 1),
              20,
              20.000000002061153,
              0.9999999979388464),
          at(
              "lse0 of -20",
              (tf, x) -> tf.reduceLogsumexp(beside(tf, x), 1),
              -20,
              2.061153620314381e-09,
              2.0611536181902037e-09),
          at(
              "norm1 of 0x1p-20",
              (tf, x) -> tf.norm(tf.stack(List.of(x, tf.onesLike(x)), 1), 2, false, 1),
              0x1p-20,
              1.0000000000004547,
              9.536743164058163e-07),
          at(
              "norm1 of 0x1p100",
              (tf, x) -> tf.norm(tf.stack(List.of(x, tf.onesLike(x)), 1), 2, false, 1),
              0x1p100,
              1.2676506002282294e+30,
              1.0),
          at("slope of lse0 at 20", slopeOf(lse()), 20, 0.9999999979388464, 2.061153613941849e-09),
          at(
              "slope of lse0 at -80",
              slopeOf(lse()),
              -80,
              1.8048513878454153e-35,
              1.8048513878454153e-35),
          at(
              "slope of norm1 at 0x1p20",
              slopeOf(norm(2)),
              0x1p20,
              0.9999999999995453,
              8.673617379872203e-19),
          at(
              "slope of norm1 at -40",
              slopeOf(norm(2)),
              -40,
              -0.9996876464081228,
              1.561036299825301e-05),
          at(
              "slope of norm1 at 0x1p-20",
              slopeOf(norm(2)),
              0x1p-20,
              9.536743164058163e-07,
              0.9999999999986358),
          at(
              "slope of the norm of order 3 at 0x1p12",
              slopeOf(norm(3)),
              0x1p12,
              0.9999999999902988,
              7.105427357428673e-15),
          at(
              "l2Normalize of 0x1p20",
              (tf, x) -> first(tf, tf.nn.l2Normalize(besideOne(tf, x), 1)),
              0x1p20,
              0.9999999999995453,
              8.673617379872203e-19),
          at(
              "slope of l2Normalize at 0x1p12",
              slopeOf((tf, x) -> first(tf, tf.nn.l2Normalize(besideOne(tf, x), 1))),
              0x1p12,
              1.4551913927324342e-11,
              -1.0658139448214892e-14));

  private final String device;

  /** Tests the device of this name. */
  protected DigitsContract(String device) {
    this.device = device;
  }

  /** Returns a score beside that of 0. */
  private static Output beside(Ops tf, Output x) {
    return tf.stack(List.of(x, tf.zerosLike(x)), 1);
  }

  private static Output besideOne(Ops tf, Output x) {
    return tf.stack(List.of(x, tf.onesLike(x)), 1);
  }

  private static BiFunction<Ops, Output, Output> norm(double order) {
    return (tf, x) -> tf.norm(besideOne(tf, x), order, false, 1);
  }

  private static BiFunction<Ops, Output, Output> lse() {
    return (tf, x) -> tf.reduceLogsumexp(beside(tf, x), 1);
  }

  private static BiFunction<Ops, Output, Output> slopeOf(BiFunction<Ops, Output, Output> of) {
    return (tf, x) -> slope(tf, of.apply(tf, x), x);
  }

  private static Output first(Ops tf, Output pairs) {
    return tf.unstack(pairs, 1).get(0);
  }

  private static Output crossEntropy(Ops tf, Output x) {
    Output truth = tf.stack(List.of(tf.onesLike(x), tf.zerosLike(x)), 1);
    return tf.nn.softmaxCrossEntropyWithLogits(truth, beside(tf, x));
  }

  private static Output sparseCrossEntropy(Ops tf, Output x) {
    Output truth = tf.zerosLike(tf.cast(x, DType.INT32));
    return tf.nn.sparseSoftmaxCrossEntropyWithLogits(truth, beside(tf, x));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void valuesAndSlopesHaveAllDigits(DType dtype) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    List<Output> wanted = new ArrayList<>();
    for (Point point : POINTS) {
      Output x = tf.cast(tf.constant(new double[] {point.x()}), dtype);
      Output y = point.function().apply(tf, x);
      wanted.add(y);
      wanted.add(tf.gradients(y, x).get(0));
    }
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options)) {
      List<Tensor> found = session.run(wanted);
      for (int i = 0; i < POINTS.size(); i++) {
        Point point = POINTS.get(i);
        check(point.name(), point.value(), found.get(2 * i).toLiteral());
        check("the slope of " + point.name(), point.slope(), found.get(2 * i + 1).toLiteral());
      }
      found.forEach(Tensor::close);
    }
  }

  private static void check(String name, double expected, Literal found) {
    double actual = found.getDouble(0);
    if (found.type().dtype() == DType.FLOAT32) {
      double ulp = Math.ulp((float) expected);
      assertEquals((float) expected, actual, ULPS * ulp, name);
    } else {
      assertEquals(expected, actual, ULPS * Math.ulp(expected), name);
    }
  }
}
