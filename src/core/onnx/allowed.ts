/**
 * Operators that a file from outside may use (M11): those that transform tensors, by
 * https://onnx.ai/onnx/operators and ONNX Runtime's ContribOperators.md. Control flow, sequences, text, randomness
 * and training are not among them, nor is any other domain.
 */
const ONNX = `
  Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization BitShift
  BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu CenterCropPad Clip Compress Concat Constant
  ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear Div Dropout
  DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu Gemm
  GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HardSigmoid HardSwish Hardmax
  Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax
  LpNormalization LpPool MatMul MatMulInteger Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg NonZero
  Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization Range Reciprocal ReduceL1
  ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape
  Resize ReverseSequence RotaryEmbedding Round ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign
  SimplifiedLayerNormalization Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum
  Swish Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor`;

const MICROSOFT = `
  Attention BiasGelu BiasSoftmax BiasSplitGelu DequantizeLinear DynamicQuantizeMatMul EmbedLayerNormalization FastGelu
  FusedConv FusedGemm FusedMatMul GatherBlockQuantized Gelu GemmFastGelu GroupNorm GroupQueryAttention MatMulBnb4
  MatMulIntegerToFloat MatMulNBits MultiHeadAttention NhwcMaxPool PackedAttention QAttention QGemm
  QLinearAdd QLinearAveragePool QLinearConcat QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearSigmoid
  QLinearSoftmax QLinearWhere QOrderedMatMul QuantizeLinear QuickGelu RotaryEmbedding SkipGroupNorm
  SkipLayerNormalization SkipSimplifiedLayerNormalization Trilu`;

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const ALLOWED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['', words(ONNX)],
  ['com.microsoft', words(MICROSOFT)],
]);
