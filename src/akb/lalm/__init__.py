"""The audio language model: features, connector, distillation, training, listening."""
