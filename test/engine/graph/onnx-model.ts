/** Reads an ONNX file by its published schema (onnx.proto; the messages and fields that we write). */
import protobuf from "protobufjs";

/** Field numbers and types as onnx/onnx.proto of the ONNX project declares them. */
const schema = `
syntax = "proto2";
package onnx;
message AttributeProto {
  optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
  repeated float floats = 7; repeated int64 ints = 8;
  enum Type { UNDEFINED = 0; FLOAT = 1; INT = 2; STRING = 3; TENSOR = 4; GRAPH = 5; FLOATS = 6; INTS = 7; }
  optional Type type = 20;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
  repeated AttributeProto attribute = 5; optional string doc_string = 6; optional string domain = 7;
}
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message TensorProto {
  repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9;
  repeated StringStringEntryProto external_data = 13;
  enum DataLocation { DEFAULT = 0; EXTERNAL = 1; }
  optional DataLocation data_location = 14;
}
message TensorShapeProto { message Dimension { optional int64 dim_value = 1; } repeated Dimension dim = 1; }
message TypeProto { message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; } optional Tensor tensor_type = 1; }
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message ModelProto { optional int64 ir_version = 1; optional GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; }
`;

const modelProto = protobuf.parse(schema, { keepCase: true }).root.lookupType("onnx.ModelProto");

/** 64-bit integers are strings, bytes are base64, enumerations are their names. */
export interface OnnxModel {
  ir_version: string;
  opset_import: { domain: string; version: string }[];
  graph: {
    name: string;
    node: OnnxNode[];
    initializer: OnnxTensor[];
    input: OnnxValue[];
    output: OnnxValue[];
  };
}

export interface OnnxNode {
  input: string[];
  output: string[];
  name: string;
  op_type: string;
  domain: string;
  attribute: { name: string; type: string; f: number; i: string; s: string; ints: string[] }[];
}

export interface OnnxTensor {
  name: string;
  dims: string[];
  data_type: number;
  raw_data: string;
  data_location: string;
  external_data: { key: string; value: string }[];
}

export interface OnnxValue {
  name: string;
  type: { tensor_type: { elem_type: number; shape: { dim: { dim_value: string }[] } } };
}

/** @returns the model, and how many bytes of the file the schema does not account for */
export function readOnnx(bytes: Uint8Array): { model: OnnxModel; unknownBytes: number } {
  const message = modelProto.decode(bytes);
  const model = modelProto.toObject(message, {
    longs: String,
    bytes: String,
    enums: String,
    defaults: true,
  }) as OnnxModel;
  return { model, unknownBytes: bytes.length - modelProto.encode(message).finish().length };
}
