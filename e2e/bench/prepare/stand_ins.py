"""Full-size stand-ins with random weights, for measuring: time and memory depend on shapes, not on values.

python stand_ins.py OUT [marqo] [freepik] [clip] [guard] [exports] [vit-base] [text-small]
exports: those of marqo, freepik and clip that are there, as PyTorch's exporter and ONNX Runtime's quantize_dynamic
make them (export.onnx, export_int8.onnx): what Winnow's own graphs are measured against.
vit-base, text-small: a picture and a text classifier as repositories in transformers.js format, both ONNX files of
the same weights; the picture classifier with its model.safetensors too.
marqo, freepik, clip: the checkpoint as published (names, shapes, dtype, config.json) with the reference's answer
for one random input. guard: onnx/model_quantized.onnx by the model card's recipe (225 MatMuls INT8, 28 down_proj
in float32: 1,329,791,072 bytes here, the card says about 1.33 GB). Needs 8 GiB of memory and 10 GB of disk for
the guard. Too large to keep in a repository: write it to a folder that git ignores.
Needs: torch 2.13, timm 1.0.29, transformers 5.18, onnx 1.23, onnxruntime 1.30, safetensors 0.8.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

out, wanted = Path(sys.argv[1]), sys.argv[2:] or ["marqo", "freepik", "clip", "guard"]
torch.manual_seed(0)


def write(name: str, model, config: dict, x: torch.Tensor, run, dtype=torch.float32) -> None:
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    model = model.to(dtype).float().eval()
    with torch.no_grad():
        answer = run(x)
    save_file({k: v.to(dtype).contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")
    save_file({"pixel_values": x, "expected": answer.contiguous()}, folder / "answer.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    print(name, (folder / "model.safetensors").stat().st_size, answer.flatten()[:4].tolist())


def image_models() -> None:
    import timm
    from timm.layers import set_fused_attn
    set_fused_attn(False)
    if "marqo" in wanted:
        m = timm.create_model("vit_tiny_patch16_384", num_classes=2)
        torch.nn.init.normal_(m.head.weight, std=0.2)
        write("marqo", m, {"architecture": "vit_tiny_patch16_384", "num_classes": 2, "num_features": 192,
                           "pretrained_cfg": {"label_names": ["NSFW", "SFW"], "input_size": [3, 384, 384]}},
              torch.randn(1, 3, 384, 384), m)
    if "freepik" in wanted:
        m = timm.create_model("eva02_base_patch14_448", num_classes=4)
        torch.nn.init.normal_(m.head.weight, std=0.2)
        write("freepik", m, {"architecture": "eva02_base_patch14_448", "num_classes": 4, "num_features": 768,
                             "label_names": ["neutral", "low", "medium", "high"]},
              torch.randn(1, 3, 448, 448), m, torch.bfloat16)
    if "clip" in wanted:
        from transformers import CLIPConfig, CLIPTextConfig, CLIPVisionConfig, CLIPModel
        cfg = CLIPConfig(
            vision_config=CLIPVisionConfig(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24,
                                           num_attention_heads=16, image_size=224, patch_size=14).to_dict(),
            text_config=CLIPTextConfig(hidden_size=768, intermediate_size=3072, num_hidden_layers=12,
                                       num_attention_heads=12).to_dict(), projection_dim=768)
        m = CLIPModel(cfg)
        write("clip", m, cfg.to_dict(), torch.randn(1, 3, 224, 224),
              lambda x: m.visual_projection(m.vision_model(pixel_values=x).pooler_output))


def guard() -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import Qwen3Config, Qwen3Model
    encoder = Qwen3Model(Qwen3Config(
        vocab_size=151669, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, num_attention_heads=16,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=32768, rope_theta=1000000, rms_norm_eps=1e-6,
        tie_word_embeddings=True, attn_implementation="eager", use_cache=False))
    head = torch.nn.Sequential(torch.nn.Linear(1024, 256), torch.nn.GELU(), torch.nn.Linear(256, 2))

    class Guard(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.head = encoder, head

        def forward(self, input_ids, attention_mask):
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            return self.head(hidden[torch.arange(hidden.shape[0]), attention_mask.sum(1) - 1])

    parts, folder = out / "guard" / "parts", out / "guard" / "onnx"
    parts.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(0, 1000, (1, 16))
    torch.onnx.export(Guard().eval(), (ids, torch.ones_like(ids)), str(parts / "model.onnx"),
                      input_names=["input_ids", "attention_mask"], output_names=["logits"], opset_version=17, dynamo=False,
                      dynamic_axes={"input_ids": {0: "b", 1: "s"}, "attention_mask": {0: "b", 1: "s"}, "logits": {0: "b"}})
    model = onnx.load(parts / "model.onnx")
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location="model.onnx.data")
    down = [n.name for n in model.graph.node if n.op_type == "MatMul" and "down_proj" in n.name]
    del model
    for part in parts.iterdir():
        part.unlink()
    quantize_dynamic(folder / "model.onnx", folder / "model_quantized.onnx", per_channel=True,
                     weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"], nodes_to_exclude=down,
                     extra_options={"MatMulConstBOnly": True})
    print("guard", (folder / "model_quantized.onnx").stat().st_size)


def exports() -> None:
    import timm
    from safetensors.torch import load_file
    from timm.layers import set_fused_attn
    set_fused_attn(False)
    for name, architecture, side in (("marqo", "vit_tiny_patch16_384", 384), ("freepik", "eva02_base_patch14_448", 448)):
        folder = out / name
        if not (folder / "model.safetensors").exists():
            continue
        state = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
        model = timm.create_model(architecture, num_classes=state["head.bias"].numel()).eval()
        model.load_state_dict(state)
        export(model, folder, torch.randn(1, 3, side, side), "logits")
    if (out / "clip" / "model.safetensors").exists():
        from transformers import CLIPConfig, CLIPModel
        config = json.loads((out / "clip" / "config.json").read_text())
        whole = CLIPModel(CLIPConfig(**config, attn_implementation="eager"))
        whole.load_state_dict(load_file(out / "clip" / "model.safetensors"), strict=False)

        class Tower(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.vision, self.projection = whole.vision_model, whole.visual_projection

            def forward(self, pixels):
                return self.projection(self.vision(pixel_values=pixels).pooler_output)

        export(Tower().eval(), out / "clip", torch.randn(1, 3, 224, 224), "image_embeds")


def export(model, folder: Path, x: torch.Tensor, output: str) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic
    torch.onnx.export(model, (x,), str(folder / "export.onnx"), dynamo=False,
                      input_names=["pixels"], output_names=[output], opset_version=17)
    quantize_dynamic(folder / "export.onnx", folder / "export_int8.onnx", per_channel=True,
                     weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
                     extra_options={"MatMulConstBOnly": True})
    print(folder.name, [(folder / f).stat().st_size for f in ("export.onnx", "export_int8.onnx")])


def repository(name: str, model, inputs: dict, axes: dict) -> None:
    """config.json, model.safetensors, onnx/model.onnx and onnx/model_quantized.onnx, as Optimum and transformers.js's
    conversion script make them: opset 14, dynamic axes, every operator in 8 bits that ONNX Runtime knows in 8 bits.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    folder = out / name
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    model = model.eval()
    model.save_pretrained(folder)
    with torch.no_grad():
        print(name, model(**inputs).logits.flatten()[:4].tolist())
    fp32, int8 = folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx"

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *given):
            return self.model(**dict(zip(inputs, given))).logits

    torch.onnx.export(Logits(), tuple(inputs.values()), str(fp32), dynamo=False, opset_version=14,
                      input_names=list(inputs), output_names=["logits"],
                      dynamic_axes={**{one: axes for one in inputs}, "logits": {0: "batch_size"}})
    convolves = any(node.op_type == "Conv" for node in onnx.load(fp32).graph.node)
    quantize_dynamic(fp32, int8, weight_type=QuantType.QUInt8 if convolves else QuantType.QInt8,
                     extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True})
    print(name, [file.stat().st_size for file in (folder / "model.safetensors", fp32, int8)])


def vit_base() -> None:
    from transformers import ViTConfig, ViTForImageClassification
    labels = {0: "normal", 1: "nsfw"}
    config = ViTConfig(id2label=labels, label2id={name: at for at, name in labels.items()}, attn_implementation="eager")
    model = ViTForImageClassification(config)
    torch.nn.init.normal_(model.classifier.weight, std=0.2)
    x = torch.randn(1, 3, 224, 224)
    repository("vit-base", model, {"pixel_values": x},
               {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"})
    half = [0.5, 0.5, 0.5]
    (out / "vit-base" / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "ViTFeatureExtractor", "feature_extractor_type": "ViTFeatureExtractor",
        "do_resize": True, "do_rescale": True, "do_normalize": True, "image_mean": half, "image_std": half,
        "resample": 2, "rescale_factor": 1 / 255, "size": {"height": 224, "width": 224}}, indent=1))


def text_small() -> None:
    """As wide as MiniLM-L6: 6 layers of 384."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(33, 127)]
    words = "the a an and of in on at with is red green blue bicycle stone bridge sunrise old house river tree".split()
    pieces = list(dict.fromkeys([*special, *letters, *("##" + one for one in letters), *words]))
    pieces += [f"[unused{at}]" for at in range(30522 - len(pieces))]
    vocabulary = {piece: at for at, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens(special)
    labels = {0: "calm", 1: "lively"}
    model = BertForSequenceClassification(BertConfig(
        vocab_size=len(pieces), hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        id2label=labels, label2id={name: at for at, name in labels.items()}, attn_implementation="eager"))
    torch.nn.init.normal_(model.classifier.weight, std=0.2)
    ids = torch.randint(0, 200, (1, 24))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    repository("text-small", model, inputs, {0: "batch_size", 1: "sequence_length"})
    tokenizer.save(str(out / "text-small" / "tokenizer.json"))
    (out / "text-small" / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512, "pad_token": "[PAD]",
        "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}, indent=1))


if {"marqo", "freepik", "clip"} & set(wanted):
    image_models()
if "guard" in wanted:
    guard()
if "exports" in wanted:
    exports()
if "vit-base" in wanted:
    vit_base()
if "text-small" in wanted:
    text_small()
